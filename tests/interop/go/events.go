package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"sync"
	"unicode/utf8"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
)

// largestText is the size up to which a message event carries the data itself.
const largestText = 1024

// event is one line of output.
type event map[string]any

// emitter writes events; the callbacks that use it run on many goroutines.
type emitter struct {
	mutex   sync.Mutex
	encoder *json.Encoder
}

func newEmitter() *emitter {
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	return &emitter{encoder: encoder}
}

func (e *emitter) emit(ev event) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if err := e.encoder.Encode(ev); err != nil {
		os.Exit(1) // nobody reads any more
	}
}

func (e *emitter) error(err error) {
	e.emit(event{"event": "error", "error": err.Error()})
}

func (e *emitter) message(topic string, msg *pubsub.Message) {
	digest := sha256.Sum256(msg.Data)
	ev := event{
		"event":  "message",
		"topic":  topic,
		"from":   nil,
		"seqno":  nil,
		"size":   len(msg.Data),
		"sha256": hex.EncodeToString(digest[:]),
	}
	if from := msg.GetFrom(); from != "" {
		ev["from"] = from.String()
	}
	if seqno := msg.GetSeqno(); seqno != nil {
		ev["seqno"] = hex.EncodeToString(seqno)
	}
	if len(msg.Data) <= largestText && utf8.Valid(msg.Data) {
		ev["text"] = string(msg.Data)
	}
	e.emit(ev)
}
