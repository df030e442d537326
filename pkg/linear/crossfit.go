package linear

// A Crossfit holds one model per fold of its training rows, each learned without the rows of its fold:
// what it says of them is what it would say of new ones.
type Crossfit[M any] struct {
	Fold   []int // of each row
	Models []M
	group  map[string]int
}

// NewCrossfit deals n rows into k folds as Folds does and leaves the models to the caller.
func NewCrossfit[M any](n, k int, group func(i int) string) *Crossfit[M] {
	c := &Crossfit[M]{Fold: Folds(n, k, group), Models: make([]M, k), group: map[string]int{}}
	for i, f := range c.Fold {
		c.group[group(i)] = f
	}
	return c
}

// Held says that the model of a fold must not learn from a group: the fold holds rows of it.
func (c *Crossfit[M]) Held(fold int, group string) bool {
	f, ok := c.group[group]
	return ok && f == fold
}

// Without returns the model that has not learned from a group; for a group that no model has learned
// from, the first.
func (c *Crossfit[M]) Without(group string) M { return c.Models[c.group[group]] }
