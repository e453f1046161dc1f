using TPacket.Server.Rules;

namespace TPacket.Server.Rooms.Delivery;

/// <summary>The packets of one event of a room's rules, one for all members who see the same.</summary>
internal struct SharedViews(RulesViews views)
{
    // Most members see the same as the one before, and in many rooms all do.
    private ViewKey _key;
    private ViewFrames? _frames;
    private Dictionary<ViewKey, ViewFrames>? _others;

    /// <summary>The packet of a key, which is written when it is asked for first.</summary>
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
