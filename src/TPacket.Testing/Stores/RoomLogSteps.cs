using System.Text;
using TPacket.Server;

namespace TPacket.Testing.Stores;

/// <summary>Shorthands for frequent appends.</summary>
internal static class RoomLogSteps
{
    public static ValueTask<AppendResult> JoinAsync(this IRoomLog log, RoomMember member) => log.AppendAsync(new RoomAppend(RoomEvent.Joined(member)));

    public static ValueTask<AppendResult> LeaveAsync(this IRoomLog log, RoomMember member, LeaveCause cause = LeaveCause.Disconnected) =>
        log.AppendAsync(new RoomAppend(RoomEvent.Left(member, cause)));

    public static ValueTask<AppendResult> RenameAsync(this IRoomLog log, RoomMember member, string nick) =>
        log.AppendAsync(new RoomAppend(RoomEvent.Renamed(member.WithNick(nick), member.NickUtf8.ToArray())));

    public static ValueTask<AppendResult> SayAsync(this IRoomLog log, RoomMember member, string text) =>
        log.AppendAsync(new RoomAppend(RoomEvent.Message(member, Encoding.UTF8.GetBytes(text))));

    public static ValueTask<AppendResult> AnnounceAsync(this IRoomLog log, string text, AppendCondition? condition = null, RequestId request = default) =>
        log.AppendAsync(new RoomAppend(RoomEvent.Announcement(Encoding.UTF8.GetBytes(text))) { Condition = condition, Request = request });

    public static ValueTask<AppendResult> DeleteAsync(this IRoomLog log, long offset) => log.AppendAsync(new RoomAppend(RoomEvent.Deletion(offset)));

    public static ValueTask<AppendResult> SendAsync(this IRoomLog log, int p1, AppendCondition? condition = null, RoomStream stream = RoomStream.Application) =>
        log.AppendAsync(new RoomAppend(RoomEvent.Packet(256, p1, 0, default, stream: stream)) { Condition = condition });
}
