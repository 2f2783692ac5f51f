module goescape.example/profile

go 1.21
