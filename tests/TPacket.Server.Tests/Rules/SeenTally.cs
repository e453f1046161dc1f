using System.Text.Json;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Rules;

/// <summary>Commands and views of members of a room with <see cref="TallyRules"/>.</summary>
internal static class SeenTally
{
    public static byte[] Bytes(TallyCommand command) => JsonSerializer.SerializeToUtf8Bytes(command, TallyJson.Default.TallyCommand);

    public static byte[] Bytes(TallyEvent happened) => JsonSerializer.SerializeToUtf8Bytes(happened, TallyJson.Default.TallyEvent);

    public static byte[] Bytes(Tally state) => JsonSerializer.SerializeToUtf8Bytes(state, TallyJson.Default.Tally);

    public static Tally State(Packet packet) => JsonSerializer.Deserialize(packet.Data, TallyJson.Default.Tally)!;

    extension(TestClient client)
    {
        /// <summary>Sends a command. The reply arrives after its effects.</summary>
        public Task<int> ActAsync(TallyCommand command) => client.SendAsync(TallyRules.Command, Bytes(command));

        /// <summary>Sends a command and receives all packets up to its answer.</summary>
        public async Task<List<Packet>> AnswerAsync(TallyCommand command)
        {
            var uid = await client.ActAsync(command);
            return await client.FenceUntilAsync(packet => packet.Uid == uid);
        }
    }

    extension(TestServer server)
    {
        /// <summary>The state of the room on the server.</summary>
        public Tally Tally => server.Rooms.Find("room") is { } room && room.TryGetState<Tally>(out var state) ? state : throw new InvalidOperationException("The room has no state.");
    }
}
