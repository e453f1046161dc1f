using System.IO.Enumeration;

namespace TPacket.Server.Rules;

/// <summary>The rules of all rooms. Built once, with the server.</summary>
internal sealed class RulesTable(IEnumerable<RulesRegistration> registrations, IServiceProvider services)
{
    private readonly RulesBinding[] _bindings = [.. registrations.Select(registration => Bind(registration, services))];

    /// <summary>Whether no room has rules.</summary>
    public bool IsEmpty => _bindings.Length == 0;

    /// <summary>The rules of a room: those whose pattern was added first of all that match its name. Null for none.</summary>
    public RulesBinding? Find(string room)
    {
        foreach (var binding in _bindings)
        {
            if (FileSystemName.MatchesSimpleExpression(binding.Rooms, room, ignoreCase: false))
                return binding;
        }

        return null;
    }

    private static RulesBinding Bind(RulesRegistration registration, IServiceProvider services)
    {
        var rules = registration.Create(services);
        if (rules.CheckpointEvents < 1)
            throw new InvalidOperationException($"The rules '{rules.Name}' write their state after {rules.CheckpointEvents} events; {nameof(RoomRules.CheckpointEvents)} is at least 1.");
        if (rules.OldestVersion < 1 || rules.OldestVersion > rules.Version)
            throw new InvalidOperationException($"The rules '{rules.Name}' have version {rules.Version} and understand versions from {rules.OldestVersion} on; {nameof(RoomRules.OldestVersion)} is 1 to {nameof(RoomRules.Version)}.");
        return new RulesBinding(registration.Rooms, registration.Command, rules);
    }
}
