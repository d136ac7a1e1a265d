------------------------------- MODULE Graphs -------------------------------
(* Directed graphs: records of a set of nodes and a set of pairs of nodes.   *)
EXTENDS Naturals, Sequences, FiniteSets, SequencesExt, Relation
LOCAL INSTANCE OrderedFolds

EmptyGraph == [node |-> {}, edge |-> {}]
Graphs(S) == [node : {S}, edge : SUBSET (S \X S)]

IsDirectedGraph(G) ==
  G = [node |-> G.node, edge |-> G.edge] /\ G.edge \subseteq G.node \X G.node
IsUndirectedGraph(G) == IsDirectedGraph(G) /\ \A e \in G.edge : <<e[2], e[1]>> \in G.edge
DirectedSubgraph(G) ==
  {H \in [node : SUBSET G.node, edge : SUBSET G.edge] : IsDirectedGraph(H)}
UndirectedSubgraph(G) == {H \in DirectedSubgraph(G) : IsUndirectedGraph(H)}
Transpose(G) == [node |-> G.node, edge |-> {<<e[2], e[1]>> : e \in G.edge}]
GraphUnion(G, H) == [node |-> G.node \cup H.node, edge |-> G.edge \cup H.edge]

Successors(G, n) == {m \in G.node : <<n, m>> \in G.edge}
Predecessors(G, n) == {m \in G.node : <<m, n>> \in G.edge}
AllSuccessors(G, S) == UNION {Successors(G, n) : n \in S}
AllPredecessors(G, S) == UNION {Predecessors(G, n) : n \in S}
InDegree(G, n) == Cardinality(Predecessors(G, n))
OutDegree(G, n) == Cardinality(Successors(G, n))
Roots(G) == {n \in G.node : Predecessors(G, n) = {}}
Leaves(G) == {n \in G.node : Successors(G, n) = {}}

Path(G) ==
  {p \in Seq(G.node) : p # <<>> /\ \A i \in 1..(Len(p) - 1) : <<p[i], p[i + 1]>> \in G.edge}

(* Those of one node, made longer node by node.                              *)
SimplePath(G) ==
  LET Longer(P) == {p \o <<n>> : p \in P, n \in G.node}
      Goes(p) == LET n == Len(p) IN /\ <<p[n - 1], p[n]>> \in G.edge
                                    /\ \A i \in 1..(n - 1) : p[i] # p[n]
  IN  FoldMembers(LAMBDA i, P : P \cup {p \in Longer({q \in P : Len(q) = i}) : Goes(p)},
                  {<<n>> : n \in G.node}, 1..(Cardinality(G.node) - 1))

LOCAL Reached(G, start) ==
  FoldMembers(LAMBDA i, S : S \cup AllSuccessors(G, S), start \cap G.node, 1..(Cardinality(G.node) - 1))
LOCAL After(G, n) == Reached(G, Successors(G, n))

AreConnectedIn(m, n, G) == n \in Reached(G, {m})
ConnectionsIn(G) ==
  LET from == [n \in G.node |-> Reached(G, {n})] IN [m, n \in G.node |-> n \in from[m]]
IsStronglyConnected(G) == \A n \in G.node : G.node \subseteq Reached(G, {n})
Ancestors(G, n) == After(Transpose(G), n)
Descendants(G, n) == After(G, n)
HasCycle(G) == \E n \in G.node : n \in After(G, n)
IsDag(G) == IsDirectedGraph(G) /\ ~ HasCycle(G)

(* Edges lead to the root.                                                   *)
IsTreeWithRoot(G, r) ==
  /\ IsDirectedGraph(G)
  /\ r \in G.node
  /\ \A e \in G.edge : e[1] # r /\ \A f \in G.edge : e[1] = f[1] => e = f
  /\ \A n \in G.node : AreConnectedIn(n, r, G)

IsBipartiteWithPartitions(G, U, V) ==
  /\ U \cap V = {}
  /\ G.node \subseteq U \cup V
  /\ \A e \in G.edge : e \in (U \X V) \cup (V \X U)
=============================================================================
