// Goroutines, their preemption signals, cgo in both directions, nil pointers,
// children and timers.
package main

/*
#include <errno.h>
#include <pthread.h>
#include <unistd.h>
#include <sys/syscall.h>

extern int goDouble(int);

static int twice(int n) { return goDouble(n); }
static long tid(void) { return syscall(SYS_gettid); }
static int fails(void) { errno = EBADF; return -1; }
static void *run(void *arg) { *(int *)arg = goDouble(*(int *)arg); return 0; }
// A thread that Go did not make calls into Go.
static int foreign(int n) {
	pthread_t thread;
	if (pthread_create(&thread, 0, run, &n)) return -1;
	pthread_join(thread, 0);
	return n;
}
*/
import "C"

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

//export goDouble
func goDouble(n C.int) C.int { return 2 * n }

type node struct {
	next  *node
	value int
}

func through(n *node) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = fmt.Sprint(r)
		}
	}()
	return fmt.Sprint(n.next.value)
}

func spin(stop *atomic.Bool) int {
	n := 0
	for !stop.Load() { // no call in here: only a signal takes the thread away
		n++
	}
	return n
}

func main() {
	fmt.Println(C.twice(21), C.foreign(4))
	_, err := C.fails()
	fmt.Println(err)
	fmt.Println(through(&node{}))

	var group sync.WaitGroup
	var sum atomic.Int64
	for i := 0; i < 200; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			if i%4 == 0 {
				runtime.LockOSThread() // the thread ends with the goroutine
			}
			for j := 0; j < 50; j++ {
				sum.Add(int64(C.twice(C.int(j))))
				if C.tid() <= 0 {
					panic("tid")
				}
			}
		}()
	}
	group.Wait()
	fmt.Println(sum.Load())

	var stop atomic.Bool
	for i := 0; i < 2; i++ {
		group.Add(1)
		go func() { defer group.Done(); spin(&stop) }()
	}
	for i := 0; i < 5; i++ {
		runtime.GC() // stops the spinning ones by SIGURG
	}
	stop.Store(true)
	group.Wait()
	fmt.Println("stopped")

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { io.Copy(c, c); c.Close() }()
		}
	}()
	var echoed atomic.Int64
	for i := 0; i < 50; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			c, err := net.Dial("tcp", listener.Addr().String())
			if err != nil {
				panic(err)
			}
			fmt.Fprintf(c, "line %d\n", i)
			line, _ := bufio.NewReader(c).ReadString('\n')
			if line == fmt.Sprintf("line %d\n", i) {
				echoed.Add(1)
			}
			c.Close()
		}()
	}
	group.Wait()
	listener.Close()
	fmt.Println("echoed", echoed.Load())

	for i := 0; i < 10; i++ {
		out, err := exec.Command("sh", "-c", fmt.Sprintf("echo child %d; exit %d", i, i)).Output()
		fmt.Printf("%s %v\n", out[:len(out)-1], err)
	}

	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	syscall.Kill(syscall.Getpid(), syscall.SIGUSR1)
	fmt.Println(<-signals)
	ticker := time.NewTicker(time.Millisecond)
	for i := 0; i < 20; i++ {
		<-ticker.C
	}
	fmt.Println("ticked")
	os.Exit(3)
}
