namespace TPacket.Testing;

/// <summary>The seed of a run, and how many nodes and members it has.</summary>
/// <param name="Seed">The seed of everything that is drawn.</param>
/// <param name="Nodes">How many nodes.</param>
/// <param name="Members">How many users.</param>
/// <param name="IsCalm">Whether nothing is late or lost but by a step.</param>
internal readonly record struct SimulatedSetup(int Seed, int Nodes, int Members, bool IsCalm);
