namespace TPacket.Fuzz;

/// <summary>Something that reads what a peer sends.</summary>
public interface IFuzzTarget
{
    /// <summary>The name of its corpus.</summary>
    string Name { get; }

    /// <summary>Pieces of input that a mutation is unlikely to find by itself.</summary>
    IReadOnlyList<byte[]> Dictionary { get; }

    /// <summary>Inputs to begin with.</summary>
    IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>Reads one input. Every way in which that comes out is documented; anything else throws, and is a finding.</summary>
    void Run(ReadOnlySpan<byte> input);
}
