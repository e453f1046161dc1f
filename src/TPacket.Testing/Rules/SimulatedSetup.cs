namespace TPacket.Testing.Rules;

/// <summary>The setup of a run.</summary>
/// <param name="Seed">The seed of all random numbers.</param>
/// <param name="Nodes">The number of nodes.</param>
/// <param name="Members">The number of users.</param>
/// <param name="IsCalm">Whether the network has no random delays and losses.</param>
internal readonly record struct SimulatedSetup(int Seed, int Nodes, int Members, bool IsCalm);
