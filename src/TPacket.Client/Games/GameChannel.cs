using System.Text.Json;

namespace TPacket.Client.Games;

/// <summary>Sends the actions of one game command, and receives its views.</summary>
internal sealed class GameChannel : IDisposable
{
    private readonly TPacketClient _client;
    private readonly int _command;
    private readonly Action _entered;
    private readonly Action<ReadOnlyMemory<byte>> _viewed;

    /// <summary>Subscribes to the events of a client.</summary>
    /// <param name="client">The client.</param>
    /// <param name="command">The command.</param>
    /// <param name="entered">Called when the client has entered a room, before the room's first view.</param>
    /// <param name="viewed">Called with the JSON of each view.</param>
    /// <exception cref="ArgumentException">The client does not accept the command.</exception>
    public GameChannel(TPacketClient client, int command, Action entered, Action<ReadOnlyMemory<byte>> viewed)
    {
        ArgumentNullException.ThrowIfNull(client);
        if (!client.Options.AcceptedCommands.Any(range => range.First <= command && command <= range.Last))
            throw new ArgumentException($"The client does not accept the commands of games: call {nameof(TPacketClientOptionsGamesExtensions.AcceptGames)} on its options.", nameof(client));
        (_client, _command, _entered, _viewed) = (client, command, entered, viewed);
        client.EventReceived += OnEvent;
    }

    /// <summary>Sends an action and waits for the receipt, or for the reply if the client does not follow the log.</summary>
    public async Task<Receipt> ActAsync(GameActionJson action, CancellationToken cancellationToken)
    {
        var packet = new Packet(_command, data: JsonSerializer.SerializeToUtf8Bytes(action, GameJson.Default.GameActionJson));
        if (_client.Options.FollowLog)
            return await _client.AppendAsync(packet, cancellationToken).ConfigureAwait(false);
        return new Receipt((await _client.RequestAsync(packet, cancellationToken: cancellationToken).ConfigureAwait(false)).Uid);
    }

    public void Dispose() => _client.EventReceived -= OnEvent;

    private void OnEvent(ClientEvent clientEvent)
    {
        if (clientEvent is RoomEntered)
            _entered();
        else if (clientEvent is PacketReceived { Packet: var packet } && packet.Command == _command)
            _viewed(packet.Data);
    }
}
