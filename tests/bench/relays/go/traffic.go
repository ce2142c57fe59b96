package main

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"sync"
	"time"
)

// headerSize is what a message begins with: when it was published, and 8 random bytes that make it unique.
const headerSize = 16

// load is what is to be published.
type load struct {
	rate, seconds float64
	size          int
}

// publish publishes steadily until all is done; how many messages it was.
func (n *node) publish(l load) int {
	published := 0
	begin := time.Now()
	for i := range int(l.rate*l.seconds + 0.5) {
		time.Sleep(time.Until(begin.Add(time.Duration(float64(i) / l.rate * float64(time.Second)))))
		// The library keeps the data: each message has its own.
		data := make([]byte, max(l.size, headerSize))
		rand.Read(data[8:headerSize])
		binary.LittleEndian.PutUint64(data, uint64(time.Now().UnixNano()))
		if n.topic.Publish(n.ctx, data) == nil {
			published++
		}
	}
	return published
}

// deliveryLog holds how long each message took since the last report. The subscriptions of all topics write to it.
type deliveryLog struct {
	mutex     sync.Mutex
	latencies []int32 // microseconds
}

func (d *deliveryLog) add(data []byte) {
	now := time.Now().UnixNano()
	if len(data) < headerSize {
		return
	}
	latency := now - int64(binary.LittleEndian.Uint64(data))
	d.mutex.Lock()
	d.latencies = append(d.latencies, int32(latency/int64(time.Microsecond)))
	d.mutex.Unlock()
}

// report is the answer to the command, and forgets what it told.
func (d *deliveryLog) report() string {
	d.mutex.Lock()
	latencies := d.latencies
	d.latencies = nil
	d.mutex.Unlock()
	if latencies == nil {
		latencies = []int32{}
	}
	text, _ := json.Marshal(struct {
		Delivered int     `json:"delivered"`
		Latencies []int32 `json:"latencies_us"`
	}{len(latencies), latencies})
	return string(text)
}
