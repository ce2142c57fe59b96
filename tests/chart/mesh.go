package main

import (
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	core "k8s.io/api/core/v1"
)

// The configuration of all nodes.
func configuration(c openedChart, given values) (string, error) {
	documents, err := c.render(given)
	if err != nil {
		return "", err
	}
	for _, document := range documents {
		object, err := decode(document)
		if err != nil {
			return "", err
		}
		if found, is := object.(*core.ConfigMap); is && found.Data["grapevine.toml"] != "" {
			return found.Data["grapevine.toml"], nil
		}
	}
	return "", fmt.Errorf("there is no grapevine.toml")
}

// The nodes find each other by one name: that of a Service which has the
// addresses of all pods, also of those that have yet to find others.
func findsAll(c openedChart) error {
	text, err := configuration(c, values{})
	if err != nil {
		return err
	}
	const peers = `peer = ["/dns4/grapevine/tcp/4001"]`
	if !strings.Contains(text, peers) {
		return fmt.Errorf("the nodes do not have %s", peers)
	}
	documents, err := c.render(values{})
	if err != nil {
		return err
	}
	for _, document := range documents {
		object, err := decode(document)
		if err != nil {
			return err
		}
		if found, is := object.(*core.Service); is && found.Name == "grapevine" {
			if found.Spec.ClusterIP != core.ClusterIPNone || !found.Spec.PublishNotReadyAddresses {
				return fmt.Errorf("the Service does not have the addresses of all pods")
			}
			return nil
		}
	}
	return fmt.Errorf("there is no Service grapevine")
}

// As many of a name's peers a node keeps, unless it is told otherwise.
const handful = 12

// Who dials whom: each draws a handful of the others.
func graph(count int, draw *rand.Rand) [][]int {
	result := make([][]int, count)
	for own := range result {
		kept := 0
		for _, other := range draw.Perm(count) {
			if other == own || kept == handful {
				continue
			}
			kept++
			result[own] = append(result[own], other)
			result[other] = append(result[other], own)
		}
	}
	return result
}

// How many nodes hear what one says, and in how many steps; those gone do not.
func reach(links [][]int, gone map[int]bool) (heard, steps int) {
	distance := map[int]int{}
	for from := range links {
		if !gone[from] {
			distance[from] = 0
			queue := []int{from}
			for ; len(queue) > 0; queue = queue[1:] {
				for _, to := range links[queue[0]] {
					if _, known := distance[to]; !known && !gone[to] {
						distance[to] = distance[queue[0]] + 1
						steps = distance[to]
						queue = append(queue, to)
					}
				}
			}
			break
		}
	}
	return len(distance), steps
}

// Any two nodes may be gone, and the others hear each other, however many there
// are and whatever they have drawn.
func checkMesh(t *tally, c openedChart) {
	t.check("the nodes find each other", findsAll(c))
	for _, count := range []int{3, 7, 13, 30, 100} {
		for seed := int64(1); seed <= 5; seed++ {
			links := graph(count, rand.New(rand.NewSource(seed)))
			t.check(fmt.Sprintf("%d nodes survive the loss of any two, draw %d", count, seed), survives(links))
		}
	}
}

func survives(links [][]int) error {
	count := len(links)
	most := 0
	for a := 0; a < count; a++ {
		for b := a; b < count; b++ {
			gone := map[int]bool{a: true, b: true}
			heard, steps := reach(links, gone)
			if heard != count-len(gone) {
				return fmt.Errorf("without %d and %d, %d of %d hear each other", a, b, heard, count-len(gone))
			}
			most = max(most, steps)
		}
	}
	if most > 3 {
		return fmt.Errorf("it takes %d steps from one end to the other", most)
	}
	return nil
}

// The configuration is one to the program, too.
func checkConfigurations(t *tally, c openedChart, binary string) {
	folder, err := os.MkdirTemp("", "chart")
	if err != nil {
		t.check("a folder", err)
		return
	}
	defer os.RemoveAll(folder)
	token := filepath.Join(folder, "token")
	t.check("a token", os.WriteFile(token, []byte("0123456789abcdef\n"), 0o600))
	key := "/key/swarm/psk/1.0.0/\n/base16/\n" + strings.Repeat("0a", 32) + "\n"
	t.check("a private network's key", os.WriteFile(filepath.Join(folder, "swarm.key"), []byte(key), 0o600))
	for what, given := range map[string]values{
		"as it is":   {},
		"one node":   {"replicas": 1, "topics": []any{"a \"quoted\" name", "two"}},
		"identities": {"identities": values{"secret": "keys"}},
		"private":    {"privateNetwork": values{"secret": "swarm"}},
	} {
		text, err := configuration(c, given)
		t.check("the configuration, "+what, err)
		text = strings.NewReplacer("/api/token", token, `"/data/`, `"`+folder+"/",
			`"/network/`, `"`+folder+"/").Replace(text)
		file := filepath.Join(folder, "grapevine.toml")
		err = os.WriteFile(file, []byte(text), 0o600)
		if err == nil {
			var said []byte
			said, err = exec.Command(binary, "run", "--config", file, "--config-test").CombinedOutput()
			if err != nil {
				err = fmt.Errorf("%w: %s", err, said)
			}
		}
		t.check("the configuration to the program, "+what, err)
	}
}
