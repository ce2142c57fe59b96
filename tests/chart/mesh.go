package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	core "k8s.io/api/core/v1"
)

// The configurations of the nodes, by ordinal.
func configurations(c openedChart, given values) ([]string, error) {
	documents, err := c.render(given)
	if err != nil {
		return nil, err
	}
	for _, document := range documents {
		object, err := decode(document)
		if err != nil {
			return nil, err
		}
		found, is := object.(*core.ConfigMap)
		if !is || found.Name != "grapevine" {
			continue
		}
		result := make([]string, len(found.Data))
		for i := range result {
			name := fmt.Sprintf("grapevine-%d.toml", i)
			if result[i] = found.Data[name]; result[i] == "" {
				return nil, fmt.Errorf("there is no %s", name)
			}
		}
		return result, nil
	}
	return nil, fmt.Errorf("there is no ConfigMap grapevine")
}

var peer = regexp.MustCompile(`"/dns4/grapevine-(\d+)\.grapevine/tcp/4001"`)

// Who dials whom, of the first `count` nodes.
func graph(files []string, count int) [][]int {
	result := make([][]int, count)
	for own, file := range files[:count] {
		for _, found := range peer.FindAllStringSubmatch(file, -1) {
			other, _ := strconv.Atoi(found[1])
			if other < count {
				result[own] = append(result[own], other)
				result[other] = append(result[other], own)
			}
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

// Any two nodes may be gone, and the others hear each other: with as many nodes
// as are rendered, and with as many as somebody scales the set to.
func checkMesh(t *tally, c openedChart) {
	for _, one := range []struct{ rendered, running int }{
		{3, 3}, {7, 7}, {30, 30}, {100, 100}, {3, 1}, {3, 7}, {3, 30}, {30, 7}, {30, 3},
	} {
		what := fmt.Sprintf("the chart for %d nodes of which %d run", one.rendered, one.running)
		files, err := configurations(c, values{"replicas": one.rendered})
		t.check(what, err)
		if err != nil {
			continue
		}
		links := graph(files, one.running)
		t.check(what+" survives the loss of any two", survives(links))
		t.check(what+" has few connections a node", few(files))
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
	if most > 5 {
		return fmt.Errorf("it takes %d steps from one end to the other", most)
	}
	return nil
}

func few(files []string) error {
	for own, file := range files {
		if count := len(peer.FindAllString(file, -1)); count > 20 {
			return fmt.Errorf("node %d dials %d", own, count)
		}
	}
	return nil
}

// Each configuration is one to the program, too.
func checkConfigurations(t *tally, c openedChart, binary string) {
	folder, err := os.MkdirTemp("", "chart")
	if err != nil {
		t.check("a folder", err)
		return
	}
	defer os.RemoveAll(folder)
	token := filepath.Join(folder, "token")
	t.check("a token", os.WriteFile(token, []byte("0123456789abcdef\n"), 0o600))
	for what, given := range map[string]values{
		"as it is":   {},
		"one node":   {"replicas": 1, "topics": []any{"a \"quoted\" name", "two"}},
		"identities": {"identities": values{"secret": "keys"}},
	} {
		files, err := configurations(c, given)
		t.check("configurations, "+what, err)
		for own, text := range files {
			if own%10 > 0 {
				continue // a process each
			}
			text = strings.NewReplacer("/api/token", token, `"/data/`, `"`+folder+"/",
				`"/identities/`, `"`+folder+"/").Replace(text)
			file := filepath.Join(folder, "grapevine.toml")
			err := os.WriteFile(file, []byte(text), 0o600)
			if err == nil {
				var said []byte
				said, err = exec.Command(binary, "run", "--config", file, "--config-test").CombinedOutput()
				if err != nil {
					err = fmt.Errorf("%w: %s", err, said)
				}
			}
			t.check(fmt.Sprintf("configuration of node %d, %s", own, what), err)
		}
	}
}
