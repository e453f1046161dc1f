using Chat_Rooms;

await ChatApp.Create(args).RunAsync();
