using TPacket.Server.Rules.Views;

namespace TPacket.Server.Rooms.Delivery;

/// <summary>The view packets of one event of a room's rules: one for each view, shared by all members with this view. A local that is never copied.</summary>
internal struct SharedViews(RulesViews views)
{
    // In many rooms, all members have the same view.
    private ViewKey _key;
    private ViewFrames? _frames;
    private Dictionary<ViewKey, ViewFrames>? _others;

    /// <summary>Returns the packet of a key, and encodes it on the first call.</summary>
    public ViewFrames Find(ViewKey key, in RoomEvent roomEvent)
    {
        if (_frames is null)
            (_key, _frames) = (key, new ViewFrames(key, views, roomEvent));
        else if (key != _key)
            return FindOther(key, roomEvent);
        return _frames;
    }

    public readonly void Release()
    {
        _frames?.Release();
        if (_others is null)
            return;
        foreach (var frames in _others.Values)
            frames.Release();
    }

    private ViewFrames FindOther(ViewKey key, in RoomEvent roomEvent)
    {
        _others ??= [];
        if (!_others.TryGetValue(key, out var frames))
            _others.Add(key, frames = new ViewFrames(key, views, roomEvent));
        return frames;
    }
}
