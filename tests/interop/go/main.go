// A GossipSub peer on go-libp2p that speaks the line protocol of the interop tests: commands on standard input, events
// on standard output, one JSON object a line. ../README.md describes it.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
)

// longestCommand bounds a line of input; the texts that are published this way are short.
const longestCommand = 4 << 20

// command is one line of input.
type command struct {
	Cmd   string  `json:"cmd"`
	Addr  string  `json:"addr"`
	Topic string  `json:"topic"`
	Text  *string `json:"text"`
	Size  int     `json:"size"`
	Seed  uint64  `json:"seed"`
	Peer  string  `json:"peer"`
	ID    string  `json:"id"`
	Group string  `json:"group"`
	Parts []int   `json:"parts"`
}

func main() {
	o, err := parseOptions(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	out := newEmitter()
	n, err := startNode(context.Background(), o, out)
	if err != nil {
		out.error(err)
		os.Exit(1)
	}
	serve(n, out)
}

// serve answers commands until it is told to quit or the other end of the pipe is gone.
func serve(n *node, out *emitter) {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, longestCommand)
	for lines.Scan() {
		var c command
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			out.error(err)
			continue
		}
		if c.Cmd == "quit" {
			return
		}
		execute(n, out, c)
	}
}

func execute(n *node, out *emitter, c command) {
	switch c.Cmd {
	case "dial":
		go func() {
			if err := n.dial(c.Addr); err != nil {
				out.error(err)
			}
		}()
	case "subscribe":
		if err := n.subscribe(c.Topic); err != nil {
			out.error(err)
		}
	case "unsubscribe":
		n.unsubscribe(c.Topic)
	case "publish":
		publish(n, out, c)
	case "mesh":
		out.emit(event{"event": "mesh", "topic": c.Topic, "peers": n.tracer.meshPeers(c.Topic)})
	case "peers":
		out.emit(event{"event": "peers", "peers": n.tracer.peers(n.scores)})
	case "idontwant":
		if err := n.sendIDontWant(c.Topic, c.Peer, c.ID); err != nil {
			out.error(err)
		}
	case "publish_partial":
		publishPartial(n, out, c)
	case "release":
		n.gate.release()
	default:
		out.error(fmt.Errorf("unknown command %q", c.Cmd))
	}
}

func publish(n *node, out *emitter, c command) {
	var data []byte
	if c.Text != nil {
		data = []byte(*c.Text)
	} else {
		data = makePayload(c.Seed, c.Size)
	}
	if err := n.publish(c.Topic, data); err != nil {
		out.emit(event{"event": "publish_failed", "topic": c.Topic, "error": err.Error()})
		return
	}
	out.emit(event{"event": "published", "topic": c.Topic})
}

func publishPartial(n *node, out *emitter, c command) {
	if err := n.partials.add(c.Topic, c.Group, c.Seed, c.Size, c.Parts); err != nil {
		out.emit(event{"event": "publish_failed", "topic": c.Topic, "error": err.Error()})
		return
	}
	out.emit(event{"event": "published", "topic": c.Topic})
}
