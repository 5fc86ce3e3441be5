package diag

import "strings"

// The codes of the reader.
const (
	Syntax          Code = "syntax"
	BadCharacter    Code = "bad-character"
	BadNumber       Code = "bad-number"
	UnclosedString  Code = "unclosed-string"
	UnclosedComment Code = "unclosed-comment"
	UnclosedBracket Code = "unclosed-bracket"
	StrayBracket    Code = "stray-bracket"
	NestingTooDeep  Code = "nesting-too-deep"
	FileTooLarge    Code = "file-too-large"
)

var syntaxDocs = []Doc{
	{
		Code:    Syntax,
		Summary: "The text does not follow the grammar.",
		Explanation: `A file holds models, nets, guides, queries and train, eval and simulate blocks.
A statement ends with its line, unless the line ends in an operator or a comma,
or inside parentheses or brackets. The carets are under the first word that
cannot stand where it does; the mistake is there or just before.
'ssmc grammar' prints the grammar.`,
		Example: "model m {\n  latent z[t] real[2]\n}\n",
	},
	{
		Code:    BadCharacter,
		Summary: "The file holds a character that no program has.",
		Explanation: `Names are made of letters of any alphabet, digits and underscores. Operators are
those of the keyboard: typesetters and word processors put in minus signs,
quotes and inequalities that look like them and are other characters.
Files are UTF-8. Comments begin with '//'.`,
		Example: "model m {\n  const a = 1 − 2\n}\n",
	},
	{
		Code:        BadNumber,
		Summary:     "A number is too large.",
		Explanation: "Numbers are kept in 64 bits, so they end at about 1.8e308.",
		Example:     "model m {\n  const a = 1e400\n}\n",
	},
	{
		Code:    UnclosedString,
		Summary: "A quoted string is not closed on its line.",
		Explanation: `Strings stand between two " or two ' on one line. Inside, \n is a line break,
\t a tab, and \" or \' a quote.`,
		Example: "model m {\n  input u[t]: real from columns(\"dose)\n}\n",
	},
	{
		Code:        UnclosedComment,
		Summary:     "A comment that begins with /* is not closed.",
		Explanation: "Close it with */. They do not nest. A comment that ends with its line begins with //.",
		Example:     "model m {\n  const a = 1\n}\n/* the rest\n",
	},
	{
		Code:    UnclosedBracket,
		Summary: "A parenthesis, bracket or brace is never closed.",
		Explanation: `The carets are under the bracket that is left open, not where that is noticed:
at the first line that can only be a statement of its own, or at the end of the
file.`,
		Example: "model m {\n  latent z[t]: real\n  z[1] ~ Normal(mean=0, var=1\n  z[t] ~ Normal(mean=z[t-1], var=1)\n}\n",
	},
	{
		Code:        StrayBracket,
		Summary:     "A parenthesis, bracket or brace closes nothing.",
		Explanation: "There is one too many, or the one that opens is missing or of another kind.",
		Example:     "model m {\n  const a = 1)\n}\n",
	},
	{
		Code:    NestingTooDeep,
		Summary: "Brackets, signs and powers are nested more than 200 deep, or an expression has more than 1000 operators.",
		Explanation: `No model that people read is. If a program wrote this one, let it name parts of
its expressions with let.`,
		Example: "model m {\n  const a = " + strings.Repeat("(", 201) + "1\n}\n",
	},
	{
		Code:        FileTooLarge,
		Summary:     "The file is too large to be a program.",
		Explanation: "Programs are read up to a megabyte. Data are given to a program when it runs, in files of their own.",
	},
}
