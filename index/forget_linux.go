package index

import "syscall"

// forget gives mapped memory back to the system. What is asked for again comes back from the file, in most cases
// out of the system's cache.
func forget(mapped []byte) {
	if len(mapped) > 0 {
		_ = syscall.Madvise(mapped, syscall.MADV_DONTNEED) // else it stays, which does no harm
	}
}
