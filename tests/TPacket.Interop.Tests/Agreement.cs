using System.Globalization;
using System.Net.WebSockets;
using TPacket.WebSockets;

namespace TPacket.Interop.Tests;

/// <summary>What one side of permessage-deflate wants, in the words of RFC 7692: <c>server_no_context_takeover; client_max_window_bits=10</c>.</summary>
public sealed record Agreement
{
    private const int Largest = 15;

    public bool ServerTakesOver { get; private init; } = true;

    public bool ClientTakesOver { get; private init; } = true;

    public int ServerBits { get; private init; } = Largest;

    public int ClientBits { get; private init; } = Largest;

    public static Agreement Parse(string words)
    {
        ArgumentNullException.ThrowIfNull(words);
        var agreement = new Agreement();
        foreach (var word in words.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = word.Split('=');
            agreement = parts[0] switch
            {
                "server_no_context_takeover" => agreement with { ServerTakesOver = false },
                "client_no_context_takeover" => agreement with { ClientTakesOver = false },
                "server_max_window_bits" => agreement with { ServerBits = int.Parse(parts[1], CultureInfo.InvariantCulture) },
                "client_max_window_bits" => agreement with { ClientBits = int.Parse(parts[1], CultureInfo.InvariantCulture) },
                _ => throw new FormatException(word),
            };
        }

        return agreement;
    }

    /// <summary>For our side. Every message is compressed.</summary>
    public DeflateOptions ForUs() => new()
    {
        ServerContextTakeover = ServerTakesOver,
        ClientContextTakeover = ClientTakesOver,
        ServerMaxWindowBits = ServerBits,
        ClientMaxWindowBits = ClientBits,
        MinimumLength = 0,
    };

    /// <summary>For the package ws, which refuses what it was told not to want: only what is wanted is told. Every message is compressed.</summary>
    public Dictionary<string, object> ForNode()
    {
        var options = new Dictionary<string, object> { ["threshold"] = 0 };
        if (!ServerTakesOver)
            options["serverNoContextTakeover"] = true;
        if (!ClientTakesOver)
            options["clientNoContextTakeover"] = true;
        if (ServerBits != Largest)
            options["serverMaxWindowBits"] = ServerBits;
        if (ClientBits != Largest)
            options["clientMaxWindowBits"] = ClientBits;
        return options;
    }

    /// <summary>For .NET's client.</summary>
    public WebSocketDeflateOptions ForFramework() => new()
    {
        ServerContextTakeover = ServerTakesOver,
        ClientContextTakeover = ClientTakesOver,
        ServerMaxWindowBits = ServerBits,
        ClientMaxWindowBits = ClientBits,
    };
}
