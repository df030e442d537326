package index

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// Sets of documents stand in a segment in the format of Roaring bitmaps, https://github.com/RoaringBitmap/RoaringFormatSpec:
// a cookie, the number of containers, for each its key (the upper half of its numbers) and size, where each begins,
// and the containers, lists of lower halves or bitmaps of 65,536 bits. They are written by hand because most sets
// are of a few documents, and there are hundreds of thousands of them.
const (
	roaringCookie = 12346 // no container holds runs
	roaringHead   = 8     // bytes of cookie and number of containers
	roaringEntry  = 8     // bytes of key, size and place of a container
	roaringList   = 4096  // most numbers of a list
	roaringBitmap = 8192  // bytes of a bitmap
)

// roaringSize is how many bytes appendRoaring adds.
func roaringSize(docs []uint32) int {
	size := roaringHead
	eachContainer(docs, func(some []uint32) { size += roaringEntry + containerSize(some) })
	return size
}

func containerSize(some []uint32) int {
	if len(some) > roaringList {
		return roaringBitmap
	}
	return 2 * len(some)
}

// appendRoaring appends a set of documents, given in order.
func appendRoaring(b []byte, docs []uint32) []byte {
	count := 0
	eachContainer(docs, func([]uint32) { count++ })
	b = binary.LittleEndian.AppendUint32(b, roaringCookie)
	b = binary.LittleEndian.AppendUint32(b, uint32(count))
	eachContainer(docs, func(some []uint32) {
		b = binary.LittleEndian.AppendUint16(b, uint16(some[0]>>16))
		b = binary.LittleEndian.AppendUint16(b, uint16(len(some)-1))
	})
	at := roaringHead + roaringEntry*count
	eachContainer(docs, func(some []uint32) {
		b = binary.LittleEndian.AppendUint32(b, uint32(at))
		at += containerSize(some)
	})
	eachContainer(docs, func(some []uint32) {
		if len(some) <= roaringList {
			for _, doc := range some {
				b = binary.LittleEndian.AppendUint16(b, uint16(doc))
			}
			return
		}
		from := len(b)
		b = append(b, make([]byte, roaringBitmap)...)
		for _, doc := range some {
			b[from+int(uint16(doc)/8)] |= 1 << (doc % 8)
		}
	})
	return b
}

// eachContainer calls do with those documents that come into one container.
func eachContainer(docs []uint32, do func([]uint32)) {
	for len(docs) > 0 {
		n := len(docs)
		if docs[n-1]>>16 != docs[0]>>16 {
			n = slices.IndexFunc(docs, func(doc uint32) bool { return doc>>16 != docs[0]>>16 })
		}
		do(docs[:n])
		docs = docs[n:]
	}
}

// appendDocs appends the documents of a set, in order. Those that bleve wrote may hold runs.
func appendDocs(docs []uint32, set []byte) []uint32 {
	if binary.LittleEndian.Uint32(set) != roaringCookie {
		b := roaring.New()
		if err := b.UnmarshalBinary(set); err != nil {
			panic(err)
		}
		return append(docs, b.ToArray()...)
	}
	count := int(binary.LittleEndian.Uint32(set[4:]))
	for i := range count {
		head := set[roaringHead+4*i:]
		high := uint32(binary.LittleEndian.Uint16(head)) << 16
		n := int(binary.LittleEndian.Uint16(head[2:])) + 1
		body := set[binary.LittleEndian.Uint32(set[roaringHead+4*count+4*i:]):]
		if n > roaringList {
			for word := range roaringBitmap / 8 {
				for set64 := binary.LittleEndian.Uint64(body[8*word:]); set64 != 0; set64 &= set64 - 1 {
					docs = append(docs, high|uint32(64*word+bits.TrailingZeros64(set64)))
				}
			}
			continue
		}
		for j := range n {
			docs = append(docs, high|uint32(binary.LittleEndian.Uint16(body[2*j:])))
		}
	}
	return docs
}
