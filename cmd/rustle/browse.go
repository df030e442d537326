package main

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"rustle/index"
)

type browseOptions struct {
	selection
	paging
	sort string
}

const browseHelp = `Lists and threads
  j k, arrows       next, previous line
  space b           next, previous page; also Page Down and Page Up
  g G               first, last line
  enter, right      open the thread, the mail
  q, left           back; in the first list: quit
  l                 limit to lines with a word; an empty word shows all again
  /                 search; n N next, previous place

Mail
  j k, space b, g G scroll
  J K               next, previous mail of the thread
  / n N             search
  q, left           back to the thread

  Q, ^C             quit at once

In a thread a line says when, the position taken or the tag given, the tone
(+ positive, - negative, ! uncivil), who, in which role; a * stands before the
mail that matches the query. In a mail the sentences that prove a tag are
underlined.`

func newBrowse(c *command) *cobra.Command {
	var o browseOptions
	cmd := &cobra.Command{
		Use:   "browse [QUERY...]",
		Short: "read threads in the terminal",
		Long: `Browse lists the threads that hold a matching mail, newest first, opens them as
trees, and the mail in them with its tags. Keys are those of mutt and less:

` + browseHelp + `

` + exitHelp,
		Example: "  rustle browse is:debate --sort thread-size\n  rustle browse f:torvalds is:rust",
		RunE:    func(cmd *cobra.Command, args []string) error { return c.runBrowse(cmd.Context(), o, args) },
	}
	f := cmd.Flags()
	o.selection.flags(f)
	o.paging.flags(f, 1000)
	f.StringVar(&o.sort, "sort", "date", sortUsage)
	cmd.ValidArgsFunction = c.completeQuery
	completeFlags(cmd, map[string][]string{"sort": sortNames()})
	return cmd
}

func (c *command) runBrowse(ctx context.Context, o browseOptions, args []string) error {
	if !c.env.tty {
		return withHint(usagef("browse needs a terminal"), "`rustle search --threads` and `rustle thread ID` print the same")
	}
	if err := o.paging.check(); err != nil {
		return err
	}
	order, err := resultOrder(o.sort)
	if err != nil {
		return err
	}
	node, r, err := c.ask(o.selection, args)
	if err != nil {
		return err
	}
	defer r.Close()
	res, err := r.Threads(ctx, node, index.SearchOptions{Limit: o.limit, Offset: o.offset, Sort: order})
	if err != nil {
		return err
	}
	lib := &library{ctx: ctx, c: c, reader: r, query: node}
	b := &browser{c: c, lib: lib, stack: []*screen{lib.threads(res)}}
	_, err = tea.NewProgram(b, tea.WithContext(ctx), tea.WithInput(c.env.stdin), tea.WithOutput(c.env.stdout), tea.WithoutSignalHandler()).Run()
	if err != nil && ctx.Err() != nil {
		return errors.Join(context.Canceled, err)
	}
	return err
}

// A browser is the model of the program: screens on top of each other and a line to type in. It
// reads the index while it handles a key, in the one goroutine of the program, because a Reader is
// for one goroutine; that takes a few milliseconds.
type browser struct {
	c             *command
	lib           *library
	width, height int
	stack         []*screen // the last one is seen
	prompt        string    // "/" or "limit: " while a word is typed
	input         string    //
	note          string    // about the last key
}

// Init waits for the size of the terminal.
func (b *browser) Init() tea.Cmd { return nil }

// Update handles a key or a change of size.
func (b *browser) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		b.width, b.height = msg.Width, msg.Height
		b.c.env.width = msg.Width
		b.draw()
	case tea.PasteMsg:
		if b.prompt != "" {
			b.input += safe(msg.Content)
		}
	case tea.KeyPressMsg:
		b.note = ""
		if b.prompt != "" {
			b.typed(msg)
			return b, nil
		}
		if b.key(msg.String()) {
			return b, tea.Quit
		}
	}
	return b, nil
}

func (b *browser) top() *screen { return b.stack[len(b.stack)-1] }

// room is how many lines a screen has between the title and the last line.
func (b *browser) room() int { return max(b.height-2, 1) }

// draw renders the seen screen for the size of the terminal.
func (b *browser) draw() {
	if err := b.top().draw(b.width, b.room()); err != nil {
		b.note = safe(err.Error())
	}
}

func (b *browser) push(s *screen) {
	b.stack = append(b.stack, s)
	b.draw()
}

// key does what a key stands for and says whether that ends the program.
func (b *browser) key(key string) (quit bool) {
	s := b.top()
	switch key {
	case "j", "down":
		s.move(1)
	case "k", "up":
		s.move(-1)
	case "space", "pgdown", "ctrl+f":
		s.move(b.room())
	case "b", "pgup", "ctrl+b":
		s.move(-b.room())
	case "g", "home":
		s.move(-len(s.lines))
	case "G", "end":
		s.move(len(s.lines))
	case "enter", "right":
		b.open(s)
	case "J":
		b.step(1)
	case "K":
		b.step(-1)
	case "l":
		if !s.text {
			b.prompt, b.input = "limit: ", s.limit
		}
	case "/":
		b.prompt, b.input = "/", ""
	case "n", "N":
		b.find(key == "N", false)
	case "?":
		b.push(textScreen("keys", browseHelp))
	case "q", "left", "esc":
		if len(b.stack) == 1 {
			return key == "q" // the other two go back, and there is nothing to go back to
		}
		b.stack = b.stack[:len(b.stack)-1]
		b.draw()
	case "Q", "ctrl+c":
		return true
	}
	return false
}

// typed edits the word of a prompt.
func (b *browser) typed(msg tea.KeyPressMsg) {
	s := b.top()
	switch msg.String() {
	case "enter":
		search := b.prompt == "/"
		b.prompt = ""
		if search {
			s.search = b.input
			b.find(false, true)
		} else {
			s.keep(b.input)
		}
	case "esc", "ctrl+c":
		b.prompt = ""
	case "backspace":
		if r := []rune(b.input); len(r) > 0 {
			b.input = string(r[:len(r)-1])
		}
	case "ctrl+u":
		b.input = ""
	default:
		b.input += safe(msg.Text)
	}
}

func (b *browser) find(back, here bool) {
	s := b.top()
	switch {
	case s.search == "":
		b.note = "nothing to search for: type / and a word"
	case !s.find(back, here):
		b.note = "not found: " + s.search
	}
}

// open opens what the line under the cursor stands for.
func (b *browser) open(s *screen) {
	if s.open == nil || len(s.shown) == 0 {
		return
	}
	next, err := s.open(s.at())
	if err != nil {
		b.note = safe(err.Error())
		return
	}
	b.push(next)
}

// step goes from a mail to the next or previous one of its thread.
func (b *browser) step(by int) {
	if len(b.stack) < 2 || !b.top().text {
		return
	}
	tree := b.stack[len(b.stack)-2]
	if tree.open == nil {
		return
	}
	for before := tree.cursor; ; before = tree.cursor {
		tree.move(by)
		if tree.cursor == before {
			b.note = "no further mail"
			return
		}
		if next, err := tree.open(tree.at()); err == nil {
			b.stack = b.stack[:len(b.stack)-1]
			b.push(next)
			return
		}
	}
}

// View is the whole terminal: title, lines, and what can be done.
func (b *browser) View() tea.View {
	if b.width == 0 {
		return tea.NewView("")
	}
	s := b.top()
	text := b.bar(" "+s.title, "") + "\n" + s.view(b.c.paint)
	switch {
	case b.prompt != "":
		text += cut(b.prompt+b.input+"▏", b.width)
	case b.note != "":
		text += b.c.paint.paint(yellow, cut(b.note, b.width))
	default:
		keys := "enter open  l limit  / search  q back  ? help "
		if s.text {
			keys = "space page  J K next, previous mail  / search  q back  ? help "
		}
		text += b.bar(" "+s.position(), keys)
	}
	v := tea.NewView(text)
	v.AltScreen = true
	v.WindowTitle = "rustle"
	return v
}

// bar is a line across the terminal in reverse; the right side gives way first.
func (b *browser) bar(left, right string) string {
	left = cut(left, b.width)
	gap := b.width - ansi.StringWidth(left) - ansi.StringWidth(right)
	if gap < 1 {
		right, gap = "", b.width-ansi.StringWidth(left)
	}
	return b.c.paint.paint(reverse, left+spaces(gap)+right)
}
