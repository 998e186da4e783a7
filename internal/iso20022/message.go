package iso20022

import "encoding/xml"

// The elements of the message, in the order that the schema gives them, as far
// as they are used. Both versions have them in this order.

type groupHeader struct {
	XMLName    xml.Name `xml:"GrpHdr"`
	ID         string   `xml:"MsgId"`
	Created    string   `xml:"CreDtTm"`
	Initiating *party   `xml:"InitgPty,omitempty"`
}

type party struct {
	Name string `xml:"Nm"`
}

type originalGroup struct {
	XMLName  xml.Name       `xml:"OrgnlGrpInfAndSts"`
	ID       string         `xml:"OrgnlMsgId"`
	Name     string         `xml:"OrgnlMsgNmId"`
	Created  string         `xml:"OrgnlCreDtTm"`
	Count    string         `xml:"OrgnlNbOfTxs"`
	Sum      string         `xml:"OrgnlCtrlSum"`
	Status   Status         `xml:"GrpSts"`
	Reasons  []reason       `xml:"StsRsnInf,omitempty"`
	Statuses []statusDetail `xml:"NbOfTxsPerSts,omitempty"`
}

type statusDetail struct {
	Count  string `xml:"DtldNbOfTxs"`
	Status Status `xml:"DtldSts"`
	Sum    string `xml:"DtldCtrlSum"`
}

type transaction struct {
	XMLName    xml.Name   `xml:"TxInfAndSts"`
	Row        string     `xml:"OrgnlInstrId"`
	EndToEnd   string     `xml:"OrgnlEndToEndId"`
	Status     Status     `xml:"TxSts"`
	Reasons    []reason   `xml:"StsRsnInf,omitempty"`
	ServicerNo string     `xml:"AcctSvcrRef,omitempty"`
	Original   *reference `xml:"OrgnlTxRef,omitempty"`
}

type reference struct {
	Instructed amount `xml:"Amt>InstdAmt"`
}

type amount struct {
	Currency string `xml:"Ccy,attr"`
	Value    string `xml:",chardata"`
}

type reason struct {
	Code *reasonCode `xml:"Rsn,omitempty"`
	More []string    `xml:"AddtlInf,omitempty"`
}

// reasonCode is one of the external list, or one of our own.
type reasonCode struct {
	External    string `xml:"Cd,omitempty"`
	Proprietary string `xml:"Prtry,omitempty"`
}
