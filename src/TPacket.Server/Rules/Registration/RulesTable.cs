using System.IO.Enumeration;

namespace TPacket.Server.Rules.Registration;

/// <summary>The rules of all rooms. Created once, with the server.</summary>
internal sealed class RulesTable(IEnumerable<RulesRegistration> registrations, IServiceProvider services)
{
    private readonly RulesBinding[] _bindings = [.. registrations.Select(registration => Bind(registration, services))];

    /// <summary>Whether there are no rules.</summary>
    public bool IsEmpty => _bindings.Length == 0;

    /// <summary>Returns the rules of a room: the first registration with a pattern that matches its name. Null for none.</summary>
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
            throw new InvalidOperationException($"The rules '{rules.Name}' have {nameof(RoomRules.CheckpointEvents)} {rules.CheckpointEvents}, but it must be at least 1.");
        if (rules.OldestVersion < 1 || rules.OldestVersion > rules.Version)
            throw new InvalidOperationException($"The rules '{rules.Name}' have {nameof(RoomRules.Version)} {rules.Version} and {nameof(RoomRules.OldestVersion)} {rules.OldestVersion}; {nameof(RoomRules.OldestVersion)} must be 1 to {nameof(RoomRules.Version)}.");
        return new RulesBinding(registration.Rooms, registration.Command, rules);
    }
}
