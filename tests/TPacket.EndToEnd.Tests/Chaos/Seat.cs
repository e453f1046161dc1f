namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>A place in the run with a way to the server of its own, and the clients that take it, one after the other.</summary>
internal sealed class Seat(int index, bool isKept, ChaosProxy proxy) : IAsyncDisposable
{
    private int _lives;
    private int _nicks;

    public int Index => index;

    /// <summary>Whether its client stays for the whole run.</summary>
    public bool IsKept => isKept;

    public ChaosProxy Proxy => proxy;

    /// <summary>The client that has the seat; null between two.</summary>
    public ChaosClient? Client { get; set; }

    /// <summary>Names the next client.</summary>
    public string NextName() => $"{index}.{_lives++}";

    /// <summary>A nick that nobody has had.</summary>
    public string NextNick() => $"n{index}x{_nicks++}";

    public ValueTask DisposeAsync() => proxy.DisposeAsync();
}
