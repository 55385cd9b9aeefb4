// Opens a checkpoint and checks an inclusion and a consistency proof with golang.org/x/mod/sumdb; the argument is a file of JSON.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	var given struct {
		Checkpoint, Ed25519Key          string
		Leaf                            []byte
		Index, OldSize                  int64
		OldRoot                         tlog.Hash
		Inclusion, Consistency          []tlog.Hash
	}
	file, err := os.ReadFile(os.Args[1])
	refuse(err)
	refuse(json.Unmarshal(file, &given))
	key, err := note.NewVerifier(given.Ed25519Key)
	refuse(err)
	opened, err := note.Open([]byte(given.Checkpoint), note.VerifierList(key))
	refuse(err)

	// The package knows the tree of one log only, by its first line.
	tree, err := tlog.ParseTree([]byte("go.sum database tree\n" + strings.TrimPrefix(opened.Text, key.Name()+"\n")))
	refuse(err)
	refuse(tlog.CheckRecord(given.Inclusion, tree.N, tree.Hash, given.Index, tlog.RecordHash(given.Leaf)))
	refuse(tlog.CheckTree(given.Consistency, tree.N, tree.Hash, given.OldSize, given.OldRoot))
	fmt.Println("agrees")
}

func refuse(err error) {
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
}
