using TPacket.Protocol;
using TPacket.Server.Rooms.Packets;
using TPacket.Server.Rules.Views;
using TPacket.Server.Sessions;

namespace TPacket.Server.Rooms.Delivery;

/// <summary>The view packet of one key for an event of a room's rules, encoded once for members who follow the log, and once for other members.</summary>
internal sealed class ViewFrames
{
    private readonly byte[] _head = new byte[EventHead.Size + PacketHeader.Size];
    private readonly RulesView _view;
    private readonly bool _isShown;
    private SharedFrame? _bare;
    private SharedFrame? _followed;
    private CompressedFrames _compressedBare;
    private CompressedFrames _compressedFollowed;

    /// <summary>Writes the view.</summary>
    public ViewFrames(ViewKey key, RulesViews views, in RoomEvent roomEvent)
    {
        _isShown = views.TryWrite(key, out _view);
        if (!_isShown)
            return;
        var author = roomEvent.Kind == RoomEventKind.Packet && !views.HidesAuthors ? roomEvent.P1 : 0;
        EventHead.Write(_head, roomEvent, PacketHeader.Size + _view.Data.Length);
        PacketWriter.WriteHeader(_head.AsSpan(EventHead.Size), PacketHeader.Unasked, views.Command, author, _view.IsWhole ? 1 : 0, _view.Data.Length);
    }

    /// <summary>Whether the rules have written the view.</summary>
    public bool IsShown => _isShown;

    /// <summary>Whether the view is an empty change.</summary>
    public bool IsNothing => _isShown && !_view.IsWhole && _view.Data.IsEmpty;

    /// <summary>Sends the packet to a member.</summary>
    /// <param name="member">The member.</param>
    /// <param name="asEvent">Whether to send the packet within an EVENT.</param>
    /// <param name="frames">The buffer for the encoded packet.</param>
    /// <returns>False if there is nothing to send, or the member's queue did not accept the packet.</returns>
    public bool Send(Session member, bool asEvent, SharedFrames frames)
    {
        if (!_isShown || IsNothing)
            return false;
        var head = asEvent ? _head : _head.AsSpan(EventHead.Size);
        ref var compressed = ref asEvent ? ref _compressedFollowed : ref _compressedBare;
        ref var shared = ref asEvent ? ref _followed : ref _bare;
        var frame = shared ??= frames.Append(head, _view.Data.Span);
        var connection = member.Connection;
        return connection.SharedCompression is { } by && compressed.By(by, head, _view.Data.Span) is { } smaller
            ? connection.Send(smaller, 0, smaller.Length, 1)
            : connection.Send(frame.Frames, frame.Start, frame.Length, 1);
    }

    public void Release()
    {
        _compressedBare.Release();
        _compressedFollowed.Release();
    }
}
