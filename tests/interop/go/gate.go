package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"sync"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/peer"
)

// gate holds whoever comes until it is opened for all who are there.
type gate struct {
	mutex sync.Mutex
	open  chan struct{}
}

func newGate() *gate { return &gate{open: make(chan struct{})} }

// enter calls report, once it is certain that the next release lets it go on, and waits for that.
func (g *gate) enter(ctx context.Context, report func()) {
	g.mutex.Lock()
	open := g.open
	report()
	g.mutex.Unlock()
	select {
	case <-open:
	case <-ctx.Done():
	}
}

func (g *gate) release() {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	close(g.open)
	g.open = make(chan struct{})
}

// holdMessage is a validator that takes what others publish as long as it takes to be told so.
func (n *node) holdMessage(ctx context.Context, from peer.ID, msg *pubsub.Message) bool {
	if from == n.host.ID() {
		return true
	}
	n.gate.enter(ctx, func() {
		digest := sha256.Sum256(msg.GetData())
		n.out.emit(event{"event": "held", "peer": from.String(), "sha256": hex.EncodeToString(digest[:])})
	})
	return true
}
