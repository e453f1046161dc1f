namespace TPacket.Server.Tests.Harness;

/// <summary>Tests with many clients, and tests that count resources of the whole process. They run after the others, one at a time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class CrowdCollection
{
    public const string Name = "Crowd";
}
