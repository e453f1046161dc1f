namespace TPacket.Grains;

/// <summary>The state of a grain.</summary>
[GenerateSerializer]
public sealed record CounterState
{
    [Id(0)]
    public long Sum { get; set; }

    [Id(1)]
    public long Times { get; set; }
}
