package main

import (
	"flag"
	"fmt"
	"strings"
)

// options is what the command line says; README.md describes every flag.
type options struct {
	listen       stringList
	topics       stringList
	peers        stringList
	policy       string
	maxSize      int
	protocol     string
	noMesh       bool
	floodPublish string
	security     string
	identitySeed seedFlag
	swarmKey     string
	px           bool
	score        bool
	direct       stringList
	partial      stringList
	// idontwantThreshold is negative when not given.
	idontwantThreshold int
	testExtension      bool
	hold               bool
	trace              bool
	mdns               bool
}

// stringList is a flag that may be repeated.
type stringList []string

func (l *stringList) String() string     { return strings.Join(*l, ",") }
func (l *stringList) Set(s string) error { *l = append(*l, s); return nil }

// seedFlag is an optional unsigned number: zero is a seed too, so "not given" must be told apart.
type seedFlag struct {
	given bool
	value uint64
}

func (s *seedFlag) String() string { return fmt.Sprint(s.value) }

func (s *seedFlag) Set(text string) error {
	s.given = true
	_, err := fmt.Sscan(text, &s.value)
	return err
}

func parseOptions(arguments []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("peer", flag.ContinueOnError)
	flags.Var(&o.listen, "listen", "address to listen on (repeatable)")
	flags.Var(&o.topics, "topic", "topic subscribed at start (repeatable)")
	flags.Var(&o.peers, "peer", "address dialled at start and again whenever it is lost (repeatable)")
	flags.StringVar(&o.policy, "policy", "strict-sign", "strict-sign or strict-no-sign")
	flags.IntVar(&o.maxSize, "max-size", 1<<20, "largest RPC in bytes")
	flags.StringVar(&o.protocol, "protocol", "", "the only pubsub protocol to speak")
	flags.BoolVar(&o.noMesh, "no-mesh", false, "all mesh degrees zero: only gossip delivers")
	flags.StringVar(&o.floodPublish, "flood-publish", "", "on or off; the library's default when not given")
	flags.StringVar(&o.security, "security", "", "noise or tls; TLS, then Noise when not given")
	flags.Var(&o.identitySeed, "identity-seed", "number that fixes the Ed25519 key")
	flags.StringVar(&o.swarmKey, "swarm-key", "", "file with the key of a private network")
	o.addExtensionFlags(flags)
	if err := flags.Parse(arguments); err != nil {
		return o, err
	}
	if len(o.listen) == 0 {
		o.listen = stringList{"/ip4/127.0.0.1/tcp/0"}
	}
	return o, o.check()
}

// addExtensionFlags adds what came with gossipsub 1.1 and later.
func (o *options) addExtensionFlags(flags *flag.FlagSet) {
	flags.BoolVar(&o.px, "px", false, "offer other peers when pruning")
	flags.BoolVar(&o.mdns, "mdns", false, "find peers of the local network, and dial them")
	flags.BoolVar(&o.score, "score", false, "keep scores in which every misbehaviour shows")
	flags.Var(&o.direct, "direct", "address of a direct peer (repeatable)")
	flags.Var(&o.partial, "partial", "topic whose messages go in parts (repeatable)")
	flags.IntVar(&o.idontwantThreshold, "idontwant-threshold", -1, "bytes from which on IDONTWANT is sent")
	flags.BoolVar(&o.testExtension, "test-extension", false, "advertise and send the test extension")
	flags.BoolVar(&o.hold, "hold", false, "others' messages are not valid before the command release")
	flags.BoolVar(&o.trace, "trace", false, "report every RPC")
}

func (o *options) check() error {
	if o.policy != "strict-sign" && o.policy != "strict-no-sign" {
		return fmt.Errorf("unknown policy %q", o.policy)
	}
	if o.floodPublish != "" && o.floodPublish != "on" && o.floodPublish != "off" {
		return fmt.Errorf("--flood-publish takes on or off, not %q", o.floodPublish)
	}
	if o.security != "" && o.security != "noise" && o.security != "tls" {
		return fmt.Errorf("--security takes noise or tls, not %q", o.security)
	}
	return nil
}
