using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Tests.Harness;
using static TPacket.Server.Tests.Harness.SessionSteps;

namespace TPacket.Server.Tests.Sessions.Resumption;

/// <summary>The store fails for packets of a user who has resumed its session: the server does not know the packets of an earlier connection.</summary>
public class ResumedReceiptTests : SessionScene
{
    [Fact]
    public async Task A_repeated_packet_that_the_store_rejects_has_an_unknown_outcome_and_blocks_later_packets()
    {
        await using var server = await StartAsync(static o => o.AllowRoomChange = true, static b => b.UseRoomStore<FlakyStore>());
        var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
        var alice = await server.JoinWithSessionAsync("alice", Token, Wire.Receipt);
        alice.Cut();
        await server.AwayAsync();
        await using var back = await server.ResumeAsync(Token, Next);
        Assert.Equal(Wire.Resume, (await back.ReceiveAsync()).Command);
        await back.FenceAsync();

        (store.Failing, store.Late) = ("Message", false);
        await back.SendBytesAsync(new Packet(9, Wire.NewMsg, "nine").Encode());
        Assert.Equal((9, Wire.RespError, Wire.ErrorUnknown), Answer(await back.ReceiveAsync()));
        store.Failing = "";
        // Otherwise the packet would be appended in two rooms.
        Assert.Equal(Wire.ErrorUnknown, (await back.ReplyAsync(Wire.SetRoom, "other")).P1);
        await back.SendBytesAsync(new Packet(10, Wire.NewMsg, "ten").Encode());
        Assert.Equal((10, Wire.RespError, Wire.ErrorUnknown), Answer(await back.ReceiveAsync()));

        await back.SendBytesAsync(new Packet(9, Wire.NewMsg, "nine").Encode());
        await back.SendBytesAsync(new Packet(10, Wire.NewMsg, "ten").Encode());
        Assert.Equal(
            ["7 nine", "17 9", "7 ten", "17 10"],
            (await back.FenceAsync()).Select(static p => p.Command == Wire.Receipt ? $"17 {p.Uid}" : $"{p.Command} {p.Text}"));
    }

    private static (int Uid, int Command, int Code) Answer(Packet packet) => (packet.Uid, packet.Command, packet.P1);
}
