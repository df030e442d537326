package mail_test

import (
	"fmt"

	"rustle/pkg/mail"
)

func ExampleParse() {
	raw := []byte(`From: =?utf-8?q?J=C3=BCrgen_Beispiel?= <jb@example.org>
To: Example, Ada <ada@example.org>
Subject: Re: [PATCH] rust: add
 a sample
Date: Mon, 3 Mar 25 10:00:00 +0100
Message-ID: <2@example.org>
References: <1@example.org>,<1@example.org>
Content-Transfer-Encoding: 8-bit

Looks fine to me.
`)
	m, err := mail.Parse(raw)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.From.Name, "to", m.To[0].Name)
	fmt.Println(m.Subject)
	fmt.Println(m.Date, m.References)
	fmt.Println(m.Defects)
	fmt.Print(m.Text)
	// Output:
	// Jürgen Beispiel to Example, Ada
	// Re: [PATCH] rust: add a sample
	// 2025-03-03 09:00:00 +0000 UTC [1@example.org]
	// [bad-transfer-encoding commas-in-references two-digit-year unquoted-comma]
	// Looks fine to me.
}
