package index

// AsIfUnread makes a writer forget that it has read a segment, as if that were large.
func (w *Writer) AsIfUnread(name string) { w.unread[storeName+"/"+name] = 0 }
