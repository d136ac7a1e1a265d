-------------------------------- MODULE CSV --------------------------------
(* Tables in files: they can be named, and to evaluate one of these is an    *)
(* error, since a proof neither writes files nor depends on them.            *)

CSVWrite(template, values, file) == CHOOSE result : TRUE
CSVWriteRecord(record, delimiter, headers, file) == CHOOSE result : TRUE
CSVRead(columns, delimiter, file) == CHOOSE values : TRUE
CSVRecords(file) == CHOOSE n : TRUE
=============================================================================
