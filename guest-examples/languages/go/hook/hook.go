// Package hook is zpoline:hook for Go and TinyGo, as far as these hooks use it:
// what a bindings generator would write. Names and layouts are those of the
// component model's canonical ABI; wit/ says what they mean. `zpoline compile`
// makes the component: the names of the exports tell it what is hooked.
package hook

import "unsafe"

// Action says what becomes of a call: the address of what the host reads right
// after it.
type Action unsafe.Pointer

var action struct {
	tag     uint64
	payload [7]uint64
}

// Forward runs the call as the program made it.
func Forward() Action {
	action.tag = 0
	return Action(&action)
}

// Observe runs the call, and returned#exit sees its result.
func Observe() Action {
	action.tag = 1
	return Action(&action)
}

// Complete does not run it: minus an errno, or what it would give.
func Complete(result int64) Action {
	action.tag, action.payload[0] = 2, uint64(result)
	return Action(&action)
}

// Rewrite runs this call in its place.
func Rewrite(number uint32, args [6]int64) Action {
	action.tag, action.payload[0] = 3, uint64(number)
	for i, arg := range args {
		action.payload[i+1] = uint64(arg)
	}
	return Action(&action)
}

// Bytes is a string or a list<u8> of the host.
type Bytes struct{ at, length uint32 }

// Copy makes Go's own of it.
func (b Bytes) Copy() []byte {
	defer release(b.at)
	return append([]byte(nil), unsafe.Slice((*byte)(pointer(b.at)), b.length)...)
}

// Init answers lifecycle#init.
type Init unsafe.Pointer

type initResult struct {
	isError uint32
	payload [2]uint32
}

var settings initResult

// Settings goes on, with one instance per thread or one per process.
func Settings(perThread bool) Init {
	settings = initResult{}
	if perThread {
		settings.payload[0] = 1
	}
	return Init(&settings)
}

var failure string

// Fail stops the start; the text is shown.
func Fail(text string) Init {
	failure = text
	settings = initResult{1, [2]uint32{address(unsafe.Pointer(unsafe.StringData(failure))), uint32(len(failure))}}
	return Init(&settings)
}

// List is the address of a list of the host.
type List unsafe.Pointer

// Strings makes Go's own of the arguments of lifecycle#init.
func Strings(list List, count uint32) []string {
	strings := make([]string, count)
	for i, text := range unsafe.Slice((*Bytes)(list), count) {
		strings[i] = string(text.Copy())
	}
	release(address(unsafe.Pointer(list)))
	return strings
}

//go:wasmimport zpoline:hook/memory@0.1.0 read-c-string
func memoryReadCString(at uint64, max uint32, result unsafe.Pointer)

//go:wasmimport zpoline:hook/memory@0.1.0 read
func memoryRead(at uint64, length uint32, result unsafe.Pointer)

//go:wasmimport zpoline:hook/log@0.1.0 write
func logWrite(level int32, text unsafe.Pointer, length uint32)

//go:wasmimport zpoline:hook/log@0.1.0 output
func logOutput(bytes unsafe.Pointer, length uint32)

// result<list<u8>, errno>
type readResult struct {
	isError uint32
	bytes   Bytes
}

var result readResult

// ReadCString gives a C string of the program; false if it cannot be read.
func ReadCString(at uint64, max uint32) ([]byte, bool) {
	memoryReadCString(at, max, unsafe.Pointer(&result))
	return read()
}

// Read gives bytes of the program; false if they cannot be read.
func Read(at uint64, length uint32) ([]byte, bool) {
	memoryRead(at, length, unsafe.Pointer(&result))
	return read()
}

func read() ([]byte, bool) {
	if result.isError&0xff != 0 {
		return nil, false
	}
	return result.bytes.Copy(), true
}

// Levels of Log.
const (
	Error = iota
	Warning
	Info
	Debug
)

// Log writes a line for the user.
func Log(level int32, text string) {
	logWrite(level, unsafe.Pointer(unsafe.StringData(text)), uint32(len(text)))
}

// Output writes bytes for the user, as they are.
func Output(bytes []byte) {
	logOutput(unsafe.Pointer(unsafe.SliceData(bytes)), uint32(len(bytes)))
}

// What the host has been given to write into, until it is copied: the garbage
// collector must not have it before.
var lent = map[uint32][]uint64{}

func release(at uint32) { delete(lent, at) }

//go:wasmexport cabi_realloc
func cabiRealloc(old unsafe.Pointer, oldSize, align, size uint32) unsafe.Pointer {
	if size == 0 {
		return unsafe.Pointer(uintptr(align))
	}
	block := make([]uint64, (size+7)/8)
	fresh := unsafe.Pointer(unsafe.SliceData(block))
	if old != nil {
		copy(unsafe.Slice((*byte)(fresh), size), unsafe.Slice((*byte)(old), oldSize))
		release(address(old))
	}
	lent[address(fresh)] = block
	return fresh
}

func address(of unsafe.Pointer) uint32 { return uint32(uintptr(of)) }

func pointer(at uint32) unsafe.Pointer { return unsafe.Pointer(uintptr(at)) }
