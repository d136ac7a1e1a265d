------------------------------ MODULE IOUtils ------------------------------
(* What the environment of the run holds is a constant of the model.  The    *)
(* meaning of IOEnv and atoi is built in.  The others read files, write them *)
(* or run programs: they can be named, and to evaluate one is an error.      *)
LOCAL INSTANCE Integers
LOCAL INSTANCE Sequences
LOCAL INSTANCE TLC

IOEnv == CHOOSE environment : TRUE
atoi(text) == CHOOSE n \in Int : ToString(n) = text
LOCAL Zeros == "0000000000000000000000000000000000000000000000000000000000000000"
zeroPadN(n, width) ==
  LET digits == ToString(n) IN SubSeq(Zeros, 1, width - Len(digits)) \o digits

IOExec(command) == CHOOSE result : TRUE
IOEnvExec(environment, command) == CHOOSE result : TRUE
IOExecTemplate(command, parameters) == CHOOSE result : TRUE
IOEnvExecTemplate(environment, command, parameters) == CHOOSE result : TRUE
IOSerialize(value, file, compress) == CHOOSE result : TRUE
IODeserialize(file, compressed) == CHOOSE value : TRUE
Serialize(value, file, options) == CHOOSE result : TRUE
Deserialize(file, options) == CHOOSE value : TRUE
=============================================================================
