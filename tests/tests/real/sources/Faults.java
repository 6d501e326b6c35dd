// A multi-threaded program that lives on signals: null checks and stack banging
// are SIGSEGV, safepoints are protected pages, interrupts are a real-time signal.

import java.io.*;
import java.net.*;
import java.nio.*;
import java.nio.channels.*;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;

public class Faults {
    static class Node { int value; Node next; int[] numbers; }

    // Compiled, each of these reads through null without a test before it.
    static int through(Node node) { return node.next.value + node.value; }

    static long nulls(int seed) {
        Node good = new Node();
        good.next = new Node();
        good.next.value = seed;
        Node bad = new Node();
        long caught = 0, sum = 0;
        for (int i = 0; i < 60000; i++) {
            try {
                sum += through(i % 3 == 0 ? bad : i % 3 == 1 ? good : null);
            } catch (NullPointerException e) {
                caught++;
            }
        }
        return caught * 1000003 + sum;
    }

    static int depth(int n) { return n == 0 ? 0 : 1 + depth(n + 1); }

    static int overflows() {
        int caught = 0;
        for (int i = 0; i < 20; i++) {
            try { depth(1); } catch (StackOverflowError e) { caught++; }
        }
        return caught;
    }

    static long garbage() {
        List<byte[]> kept = new ArrayList<>();
        long total = 0;
        for (int i = 0; i < 20000; i++) {
            byte[] piece = new byte[1 + i % 4000];
            total += piece.length;
            if (i % 50 == 0) kept.add(piece);
        }
        return total + kept.size();
    }

    static String process() throws Exception {
        Process process = new ProcessBuilder("sh", "-c", "read x; echo got $x; exit 3").start();
        process.getOutputStream().write("line\n".getBytes());
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes()).trim();
        return said + " " + process.waitFor();
    }

    static String interrupted() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        String[] how = new String[1];
        Pipe pipe = Pipe.open();
        Thread reader = new Thread(() -> {
            started.countDown();
            try {
                pipe.source().read(ByteBuffer.allocate(1));
                how[0] = "read";
            } catch (ClosedByInterruptException e) {
                how[0] = "closed by interrupt";
            } catch (IOException e) {
                how[0] = e.toString();
            }
        });
        reader.start();
        started.await();
        reader.interrupt();
        reader.join();
        return how[0];
    }

    static int echoes() throws Exception {
        int got = 0;
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread serving = new Thread(() -> {
                try {
                    for (int i = 0; i < 30; i++) {
                        try (Socket s = server.accept()) {
                            BufferedReader r = new BufferedReader(new InputStreamReader(s.getInputStream()));
                            s.getOutputStream().write((r.readLine() + "!\n").getBytes());
                        }
                    }
                } catch (IOException e) { throw new UncheckedIOException(e); }
            });
            serving.start();
            for (int i = 0; i < 30; i++) {
                try (Socket s = new Socket(server.getInetAddress(), server.getLocalPort())) {
                    s.getOutputStream().write(("hello " + i + "\n").getBytes());
                    BufferedReader r = new BufferedReader(new InputStreamReader(s.getInputStream()));
                    if (r.readLine().equals("hello " + i + "!")) got++;
                }
            }
            serving.join();
        }
        return got;
    }

    public static void main(String[] arguments) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(8);
        List<Future<Long>> results = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int seed = i;
            results.add(pool.submit(() -> nulls(seed) + overflows() + garbage()));
        }
        for (Future<Long> result : results) System.out.println(result.get());
        pool.shutdown();
        System.out.println(pool.awaitTermination(20, TimeUnit.SECONDS));
        Path file = Files.createTempFile(Path.of("."), "mapped", "");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_WRITE, 0, 1 << 16);
            for (int i = 0; i < 1 << 16; i++) map.put(i, (byte) i);
            System.out.println(map.get(513));
        }
        System.out.println(process());
        System.out.println(interrupted());
        System.out.println(echoes());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("shutdown hook")));
        new ProcessBuilder("kill", "-TERM", "" + ProcessHandle.current().pid()).start().waitFor();
        Thread.sleep(20000);
        System.out.println("not ended by SIGTERM");
    }
}
