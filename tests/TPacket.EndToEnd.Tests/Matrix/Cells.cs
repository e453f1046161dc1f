namespace TPacket.EndToEnd.Tests.Matrix;

/// <summary>The servers and wires for each client.</summary>
public static class Cells
{
    /// <summary>Every server over every wire.</summary>
    public static TheoryData<ServerKind, Wire> All => Where(static (_, _) => true);

    /// <summary>Every server over every wire that browsers support: they use HTTP/2 with TLS alone.</summary>
    public static TheoryData<ServerKind, Wire> OfBrowsers => Where(static (server, wire) => (server, wire) != (ServerKind.KestrelHttp2, Wire.Plain));

    private static TheoryData<ServerKind, Wire> Where(Func<ServerKind, Wire, bool> exists)
    {
        var cells = new TheoryData<ServerKind, Wire>();
        foreach (var server in Enum.GetValues<ServerKind>())
        {
            foreach (var wire in Enum.GetValues<Wire>().Where(wire => exists(server, wire)))
                cells.Add(server, wire);
        }

        return cells;
    }
}
