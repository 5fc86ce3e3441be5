package diag

// The codes of data files.
const (
	DataFormat    Code = "data-format"
	DataHeader    Code = "data-header"
	DataRagged    Code = "data-ragged"
	DataEmpty     Code = "data-empty"
	MissingColumn Code = "missing-column"
	UnusedColumn  Code = "unused-column"
	DataSize      Code = "data-size"
	DataType      Code = "data-type"
	DataSupport   Code = "data-support"
	MissingValue  Code = "missing-value"
	NotFinite     Code = "not-finite"
	DataOrder     Code = "data-order"
	DataGap       Code = "data-gap"
	DataSequence  Code = "data-sequence"
	DataPrecision Code = "data-precision"
	DataStatic    Code = "data-static"
	DataSplit     Code = "data-split"
)

// walk is a program that reads one real number a step.
const walk = `model Walk {
  observed x[t]: real
  latent   z[t]: real
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=z[t-1], var=1)
  x[t] ~ Normal(mean=z[t], var=1)
}
`

// coin is a program that reads one binary value a step.
const coin = `model Coin {
  observed x[t]: binary
  latent   z[t]: real
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=z[t-1], var=1)
  x[t] ~ Bernoulli(logits=z[t])
}
`

// plane is a program that reads a vector of two numbers a step.
const plane = `model Plane {
  observed x[t]: real[2]
  latent   z[t]: real[2]
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=z[t-1], var=1)
  x[t] ~ Normal(mean=z[t], var=1)
}
`

// group is a program that reads one number a sequence beside one a step.
const group = `model Group {
  observed x[t]: real
  static   age: real
  latent   z[t]: real
  z[1] ~ Normal(mean=age, var=1)
  z[t] ~ Normal(mean=z[t-1], var=1)
  x[t] ~ Normal(mean=z[t], var=1)
}
`

var dataDocs = []Doc{
	{DataFormat, "A data file is not what its extension says, or is damaged.",
		`The extension decides how a file is read: .csv and .tsv are UTF-8 text with a header row, .jsonl has one
JSON object a line, .npz holds NumPy arrays of plain numbers, .parquet flat columns. The message says where
reading stopped. Write the file again from its source; text must be UTF-8. A small compressed file can claim, or
really hold, far more than a machine's memory: what unfolds beyond the limit is refused too.`,
		walk, "sequence,t,x\n1,1,0.5\n1,2,\"0.7\n1,3,0.9\n"},
	{DataHeader, "The column names of a table cannot be used.",
		`Columns are matched to the model's variables by name, so every table begins with a row of names, each one
different from the others.`,
		walk, "t,x,x\n1,0.5,0.6\n2,0.7,0.8\n3,0.9,1.0\n"},
	{DataRagged, "A row has more or fewer fields than the header, or arrays differ in length.",
		`A row that is too short or too long has usually lost or gained a separator, and then its values stand under
the wrong names. Nothing is guessed: leave a field empty where a value is missing.`,
		walk, "t,x\n1,0.5\n2,0.7,0.8\n3,0.9\n"},
	{DataEmpty, "A file or a sequence has no rows.",
		`A sequence has at least one step. Where nothing at all was observed, remove the sequence.`,
		walk, "sequence,t,x\n"},
	{MissingColumn, "No column of the data supplies a variable of the model.",
		`A scalar x is read from the column x. A vector x[3] is read from x_1, x_2, x_3, from x.1 ..., x[1] ... or
x1 ..., or from the columns that ` + "`from columns(\"a\", \"b\", \"c\")`" + ` names. Where a model has a single variable
for each step, a scalar takes the only column there is, and a vector whose size the data settle takes all columns
of numbers, with a warning that lists them; a vector of known size takes columns by their names alone. An array of an
.npz file is matched by its name, but a single array x serves the only observed variable.`,
		walk, "t,y,z\n1,0.5,0.1\n2,0.7,0.2\n3,0.9,0.3\n"},
	{UnusedColumn, "A column of the data is used by no variable of the model.",
		`Columns that the model does not mention are left out. The warning is there because a misspelt or forgotten
covariate looks just the same.`,
		walk, "t,x,humidity\n1,0.5,30\n2,0.7,31\n3,0.9,32\n"},
	{DataSize, "A variable has more or fewer components than the data have columns for it.",
		`Change the size in the model, or name the columns to be read with ` + "`from columns(...)`" + `. A size that
several variables share must be the same for all, and in train, valid and test.`,
		plane, "t,x_1,x_2,x_3\n1,0.5,0.1,0.2\n2,0.7,0.2,0.2\n3,0.9,0.3,0.2\n"},
	{DataType, "A field is not a number.",
		`Numbers are written with a decimal point and no separators between thousands. Text is never turned into
numbers: write a class as 1, 2, ..., K, and a date in the time column only.`,
		walk, "t,x\n1,0.5\n2,low\n3,0.9\n"},
	{DataSupport, "A value lies outside what its variable's type or distribution allows.",
		`binary holds 0 and 1; count holds 0, 1, 2, ...; one_of[K] holds the classes 1 to K, counted from one as
everywhere in the language. A distribution may allow less: Gamma numbers above zero, Beta those between zero and
one, Uniform(low, high) what its bounds say, Binomial counts up to its trials. Change the type or the distribution in
the model, or the values in the data.`,
		coin, "t,x\n1,0\n2,1\n3,2\n"},
	{MissingValue, "A field is empty, and its variable is not declared missing.",
		`An empty field, NA, NaN and null all mean that nothing was observed. Write ` + "`observed x[t]: real missing`" + `
to have missing values marginalised; otherwise every field must be filled.`,
		walk, "t,x\n1,0.5\n2,\n3,0.9\n"},
	{NotFinite, "A value is infinite, or too large to be kept.",
		`No likelihood is finite at infinity. Values are kept as 32-bit floats, so the largest is about 3.4e38.`,
		walk, "t,x\n1,0.5\n2,inf\n3,0.9\n"},
	{DataOrder, "The rows of a sequence are not in order of time.",
		`Rows of one sequence come one after the other, with t (or the time column) rising. A t that repeats often
means that several sequences are in the file without a column ` + "`sequence`" + ` to tell them apart.`,
		walk, "t,x\n1,0.5\n3,0.9\n2,0.7\n"},
	{DataGap, "A step of time has no row.",
		`A model in steps takes each row for one step, so a step that was left out would pass unseen. A step is the
smallest difference in the file; months, years and working days count as even steps of dates. Add the row with
empty fields and declare the variable missing; or leave the time column out if steps are to be taken as equal.`,
		walk, "t,x\n1,0.5\n2,0.7\n4,0.9\n"},
	{DataSequence, "Several sequences seem to be joined into one.",
		`Without a column ` + "`sequence`" + ` all rows are one series, and a step would lead from the end of each subject to
the beginning of the next. The signs are a column that the model does not use and that keeps each of its values
for some rows on end, and a column such as day or visit that goes back. Rename the column to sequence; or drop
it if the rows are one series.`,
		walk, "id,x\na,0.5\na,0.7\na,0.9\nb,0.1\nb,0.2\nb,0.4\n"},
	{DataPrecision, "Values have more digits than are kept.",
		`Values are kept as 32-bit floats, which hold about 7 digits: whole numbers are exact up to 16777216. Where
small differences between large numbers matter, subtract a constant before the data are written, or write
them in another unit.`,
		walk, "t,x\n1,16777217\n2,16777219\n3,16777221\n"},
	{DataStatic, "A static variable changes within a sequence.",
		`A static variable has one value for the whole sequence, repeated in each of its rows. What changes with
time is an input: ` + "`input age[t]: real`" + `.`,
		group, "sequence,t,x,age\n1,1,0.5,30\n1,2,0.7,31\n2,1,0.1,40\n2,2,0.2,40\n3,1,0.3,50\n3,2,0.2,50\n"},
	{DataSplit, "The data cannot be divided into train, valid and test as asked.",
		`Without a folder of train, valid and test files, a part is held out: whole sequences, or the end of the
series where there are only one or two. That takes at least three sequences or three steps.`,
		walk, "t,x\n1,0.5\n2,0.7\n"},
}
