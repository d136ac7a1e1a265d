-------------------------------- MODULE Json --------------------------------
(* JSON texts and files: they can be named, and to evaluate one of these is  *)
(* an error, since a proof neither writes files nor depends on them.         *)

ToJson(value) == CHOOSE text : TRUE
ToJsonArray(value) == CHOOSE text : TRUE
ToJsonObject(value) == CHOOSE text : TRUE
JsonSerialize(file, value) == CHOOSE result : TRUE
JsonDeserialize(file) == CHOOSE value : TRUE
ndJsonSerialize(file, value) == CHOOSE result : TRUE
ndJsonDeserialize(file) == CHOOSE value : TRUE
=============================================================================
