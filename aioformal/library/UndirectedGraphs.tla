-------------------------- MODULE UndirectedGraphs --------------------------
(* Undirected graphs: records of a set of nodes and a set of edges, each the *)
(* set of the two nodes (or the one node) that it joins.                     *)
LOCAL INSTANCE Naturals
LOCAL INSTANCE Sequences
LOCAL INSTANCE FiniteSets
LOCAL INSTANCE OrderedFolds

UndirectedGraphs(S) == [node : {S}, edge : SUBSET {{s, t} : s \in S, t \in S}]

IsUndirectedGraph(G) ==
  /\ G = [node |-> G.node, edge |-> G.edge]
  /\ \A e \in G.edge : \E a, b \in G.node : e = {a, b}
IsLoopFreeUndirectedGraph(G) ==
  /\ G = [node |-> G.node, edge |-> G.edge]
  /\ \A e \in G.edge : \E a, b \in G.node : a # b /\ e = {a, b}
UndirectedSubgraph(G) ==
  {H \in [node : SUBSET G.node, edge : SUBSET G.edge] : IsUndirectedGraph(H)}

Path(G) ==
  {p \in Seq(G.node) : p # <<>> /\ \A i \in 1..(Len(p) - 1) : {p[i], p[i + 1]} \in G.edge}

(* Those of one node, made longer node by node.                              *)
SimplePath(G) ==
  LET Longer(P) == {p \o <<n>> : p \in P, n \in G.node}
      Goes(p) == LET n == Len(p) IN /\ {p[n - 1], p[n]} \in G.edge
                                    /\ \A i \in 1..(n - 1) : p[i] # p[n]
  IN  FoldMembers(LAMBDA i, P : P \cup {p \in Longer({q \in P : Len(q) = i}) : Goes(p)},
                  {<<n>> : n \in G.node}, 1..(Cardinality(G.node) - 1))

LOCAL Beside(G, S) == {n \in G.node : \E m \in S : {m, n} \in G.edge}
LOCAL Reached(G, n) ==
  FoldMembers(LAMBDA i, S : S \cup Beside(G, S), {n} \cap G.node, 1..(Cardinality(G.node) - 1))

AreConnectedIn(m, n, G) == n \in Reached(G, m)
ConnectedComponents(G) == {Reached(G, n) : n \in G.node}
IsStronglyConnected(G) == ConnectedComponents(G) = {G.node}
=============================================================================
