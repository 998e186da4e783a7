package sandbox_test

import (
	"fmt"
	"net/http/httptest"
	"strings"

	"github.com/bulkpay/bulkpay/paypro/sandbox"
)

// The gateway in a test: the base URL of Mexico is server.URL + "/mexico".
func Example() {
	g, err := sandbox.Open(sandbox.Options{Merchants: map[string]string{"0000000001": "secret"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer g.Close()
	server := httptest.NewServer(g)
	defer server.Close()

	resp, err := server.Client().Post(server.URL+"/mexico/v1/paypro/payOut", "application/json", strings.NewReader("{}"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	fmt.Println(resp.StatusCode, resp.Header.Get("X-Paypro-Sandbox"))
	// Output: 200 no money moves
}
