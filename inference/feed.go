package inference

import (
	"time"

	"ssmc/runtime"
)

// A feed packs the batches of epoch after epoch ahead of their use, in a
// goroutine of its own, so that the machine need not wait for them.
type feed struct {
	ready chan *runtime.Batch
	spare chan *runtime.Batch
	quit  chan struct{}
	done  chan struct{}

	waited time.Duration // for batches that were not ready
}

// ahead is how many batches are in memory: one in use, the others made ready.
const ahead = 3

// newFeed starts a feed at an update, counted from 0 over all epochs.
func newFeed(p *packer, plan *plan, update int) *feed {
	f := &feed{
		ready: make(chan *runtime.Batch, ahead), spare: make(chan *runtime.Batch, ahead),
		quit: make(chan struct{}), done: make(chan struct{}),
	}
	for range ahead {
		f.spare <- &runtime.Batch{}
	}
	go f.serve(p, plan, update)
	return f
}

func (f *feed) serve(p *packer, plan *plan, update int) {
	defer close(f.done)
	each := plan.updates()
	for epoch, skip := update/each, update%each; ; epoch, skip = epoch+1, 0 {
		for _, list := range plan.epoch(epoch)[skip:] {
			select {
			case b := <-f.spare:
				p.pack(b, list)
				f.ready <- b
			case <-f.quit:
				return
			}
		}
	}
}

// next is the next batch. It is given back with recycle.
func (f *feed) next() *runtime.Batch {
	begin := time.Now()
	b := <-f.ready
	f.waited += time.Since(begin)
	return b
}

func (f *feed) recycle(b *runtime.Batch) { f.spare <- b }

// close ends the feed's goroutine.
func (f *feed) close() {
	close(f.quit)
	<-f.done
}
