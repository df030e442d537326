package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"

	"rustle/pkg/archive"
)

// cursorKey names an archive in the internal keys of the index. The same archive read as another list is
// read on its own.
func cursorKey(name, list string) string {
	if list == "" {
		return name
	}
	return name + "\x00" + list
}

// Prefixes of internal keys: where the reading of an archive goes on, its last mail, and whether what is known
// from it is doubtful.
const (
	cursorPrefix  = "cursor:"
	lastPrefix    = "last:"
	suspectPrefix = "suspect:"
)

// cursor is where the reading of an archive goes on, and the mail read last.
func (r *run) cursor(key string) (c archive.Cursor, last lastMail, err error) {
	for _, v := range []struct {
		key string
		to  any
	}{{cursorPrefix + key, &c}, {lastPrefix + key, &last}} {
		text, err := r.base.Internal(v.key)
		if err != nil {
			return c, last, err
		}
		if text == nil {
			continue
		}
		if err := json.Unmarshal(text, v.to); err != nil {
			return c, last, fmt.Errorf("%s: %w", v.key, err)
		}
	}
	return c, last, nil
}

// suspect says whether an archive was damaged when it was read last.
func (r *run) suspect(key string) (bool, error) {
	text, err := r.base.Internal(suspectPrefix + key)
	return string(text) == "true", err
}

// commit publishes what was written, if anything is new: otherwise what is published stays, to the byte.
func (r *run) commit(ctx context.Context) error {
	internal := map[string][]byte{}
	set := func(key string, value any) error {
		text, err := json.Marshal(value)
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		before, err := r.base.Internal(key)
		if err == nil && string(before) != string(text) {
			internal[key] = text
		}
		return err
	}
	for key, c := range r.inc.cursors {
		if err := set(cursorPrefix+key, c); err != nil {
			return err
		}
		if last := r.inc.last[key]; last.ID != "" {
			if err := set(lastPrefix+key, last); err != nil {
				return err
			}
		}
	}
	for key, damaged := range r.inc.suspect {
		if err := set(suspectPrefix+key, damaged); err != nil {
			return err
		}
	}
	parts, err := r.speakersText()
	if err != nil {
		return err
	}
	maps.Copy(internal, parts)
	if len(internal) == 0 && !r.wrote && !r.options.Fresh {
		return nil
	}
	r.wrote = false
	if err := r.writer.Commit(ctx, internal); err != nil {
		return err
	}
	r.options.Log.InfoContext(ctx, "published", slog.Int("mails", r.stats.Written), slog.Int("threads", r.stats.Threads))
	return nil
}
