namespace TPacket.Fuzz;

/// <summary>Code that reads bytes from a peer.</summary>
public interface IFuzzTarget
{
    /// <summary>The name of the target and of its corpus.</summary>
    string Name { get; }

    /// <summary>Parts of inputs that a mutation is unlikely to find.</summary>
    IReadOnlyList<byte[]> Dictionary { get; }

    /// <summary>The first inputs.</summary>
    IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>Reads one input. Any exception is a finding: the result is not documented.</summary>
    void Run(ReadOnlySpan<byte> input);
}
