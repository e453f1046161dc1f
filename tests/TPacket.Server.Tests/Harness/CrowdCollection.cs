namespace TPacket.Server.Tests.Harness;

/// <summary>Tests with many clients, or that count what the whole process holds: they run after the others, one at a time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class CrowdCollection
{
    public const string Name = "Crowd";
}
