// A GossipSub node on go-libp2p for the benchmarks: commands on standard input, one line of answer each on standard
// output. ../README.md describes them and what is set here.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
)

// options is what the command line says.
type options struct {
	unsigned                      bool
	topics                        int
	degree, degreeLow, degreeHigh int
	maxSize                       int
}

func parseOptions() options {
	var o options
	flag.BoolVar(&o.unsigned, "unsigned", false, "StrictNoSign instead of StrictSign")
	flag.IntVar(&o.topics, "topics", 1, "topics subscribed: bench-0 and so on")
	flag.IntVar(&o.degree, "degree", 6, "what the mesh is brought to")
	flag.IntVar(&o.degreeLow, "degree-low", 5, "below it peers are grafted")
	flag.IntVar(&o.degreeHigh, "degree-high", 12, "above it peers are pruned")
	flag.IntVar(&o.maxSize, "max-size", 2<<20, "largest RPC in bytes")
	flag.Parse()
	return o
}

func main() {
	n, err := startNode(context.Background(), parseOptions())
	if err == nil {
		err = serve(n)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "relay:", err)
		os.Exit(1)
	}
}

// serve answers commands until the other end of the pipe is gone.
func serve(n *node) error {
	fmt.Println(n.address())
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		answer, err := execute(n, lines.Text())
		if err != nil {
			return fmt.Errorf("%q: %w", lines.Text(), err)
		}
		if answer != "" {
			fmt.Println(answer)
		}
	}
	return lines.Err()
}

// execute obeys one command. Publishing goes on in the background and answers when it is done.
func execute(n *node, line string) (string, error) {
	command, rest, _ := strings.Cut(line, " ")
	switch command {
	case "connect":
		if err := n.connect(rest); err != nil {
			return "failed " + strings.ReplaceAll(err.Error(), "\n", " "), nil
		}
		return "connected", nil
	case "publish":
		var l load
		if _, err := fmt.Sscan(rest, &l.rate, &l.seconds, &l.size); err != nil {
			return "", err
		}
		go func() { fmt.Println("published", n.publish(l)) }()
		return "", nil
	case "report":
		return n.deliveries.report(), nil
	}
	return "", fmt.Errorf("unknown command")
}
